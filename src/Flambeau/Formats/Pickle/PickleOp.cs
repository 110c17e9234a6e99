namespace Flambeau.Formats;

/// <summary>Instructions of the pickle format, protocols 0 to 5 (Python's pickletools documents them).</summary>
internal static class PickleOp
{
    internal const byte Mark = (byte)'(', Stop = (byte)'.', Pop = (byte)'0', PopMark = (byte)'1', Dup = (byte)'2';
    internal const byte None = (byte)'N', NewTrue = 0x88, NewFalse = 0x89;
    internal const byte Int = (byte)'I', BinInt = (byte)'J', BinInt1 = (byte)'K', BinInt2 = (byte)'M', Long = (byte)'L', Long1 = 0x8a, Long4 = 0x8b;
    internal const byte Float = (byte)'F', BinFloat = (byte)'G';
    internal const byte String = (byte)'S', BinString = (byte)'T', ShortBinString = (byte)'U';
    internal const byte Unicode = (byte)'V', BinUnicode = (byte)'X', ShortBinUnicode = 0x8c, BinUnicode8 = 0x8d;
    internal const byte BinBytes = (byte)'B', ShortBinBytes = (byte)'C', BinBytes8 = 0x8e, ByteArray8 = 0x96;
    internal const byte List = (byte)'l', EmptyList = (byte)']', Append = (byte)'a', Appends = (byte)'e';
    internal const byte Dict = (byte)'d', EmptyDict = (byte)'}', SetItem = (byte)'s', SetItems = (byte)'u';
    internal const byte Tuple = (byte)'t', EmptyTuple = (byte)')', Tuple1 = 0x85, Tuple2 = 0x86, Tuple3 = 0x87;
    internal const byte EmptySet = 0x8f, AddItems = 0x90, FrozenSet = 0x91;
    internal const byte Get = (byte)'g', BinGet = (byte)'h', LongBinGet = (byte)'j', Put = (byte)'p', BinPut = (byte)'q', LongBinPut = (byte)'r', Memoize = 0x94;
    internal const byte Global = (byte)'c', StackGlobal = 0x93, Reduce = (byte)'R', Build = (byte)'b', NewObj = 0x81, NewObjEx = 0x92, Inst = (byte)'i', Obj = (byte)'o';
    internal const byte PersId = (byte)'P', BinPersId = (byte)'Q';
    internal const byte Proto = 0x80, Frame = 0x95;
}
