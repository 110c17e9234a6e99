using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Flambeau.OnnxFormat;

/// <summary>
/// What is done with the fields of a message: reading, measuring or writing. A message names its fields once, in <see cref="Message{T}.Visit"/>;
/// scalar methods take the present value and return the one to keep.
/// </summary>
internal abstract class Fields
{
    internal abstract string Text(int number, string value);
    internal abstract string? TextOrNull(int number, string? value);
    internal abstract long Long(int number, long value);
    internal abstract long? LongOrNull(int number, long? value);
    internal abstract float? Float(int number, float? value);
    internal abstract ByteString? Bytes(int number, ByteString? value);
    internal abstract T? Message<T>(int number, T? value, [CallerArgumentExpression(nameof(value))] string name = "") where T : Message<T>, new();
    internal abstract void List<T>(int number, RepeatedField<T> list, FieldCodec<T>[] codecs, [CallerArgumentExpression(nameof(list))] string name = "");

    internal void Texts(int number, RepeatedField<string> list) => List(number, list, Codecs.Text);
    internal void Bytes(int number, RepeatedField<ByteString> list) => List(number, list, Codecs.Bytes);
    internal void Packed(int number, RepeatedField<float> list) => List(number, list, Codecs.PackedFloat);
    internal void Packed(int number, RepeatedField<double> list) => List(number, list, Codecs.PackedDouble);
    internal void Packed(int number, RepeatedField<int> list) => List(number, list, Codecs.PackedInt);
    internal void Packed(int number, RepeatedField<long> list) => List(number, list, Codecs.PackedLong);
    internal void Packed(int number, RepeatedField<ulong> list) => List(number, list, Codecs.PackedULong);
    internal void Longs(int number, RepeatedField<long> list) => List(number, list, Codecs.Long);
    internal void Floats(int number, RepeatedField<float> list) => List(number, list, Codecs.Float);

    internal void Messages<T>(int number, RepeatedField<T> list, [CallerArgumentExpression(nameof(list))] string name = "") where T : Message<T>, new() =>
        List(number, list, Codecs.Of<T>.Messages, name);
}

/// <summary>Codecs of lists by field number.</summary>
internal static class Codecs
{
    /// <summary>One more than the largest field number of the format's lists.</summary>
    const int Numbers = 32;
    const uint Varint = 0, Delimited = 2, Fixed32 = 5;

    internal static readonly FieldCodec<string>[] Text = Each(static n => FieldCodec.ForString(n | Delimited));
    internal static readonly FieldCodec<ByteString>[] Bytes = Each(static n => FieldCodec.ForBytes(n | Delimited));
    internal static readonly FieldCodec<float>[] PackedFloat = Each(static n => FieldCodec.ForFloat(n | Delimited));
    internal static readonly FieldCodec<double>[] PackedDouble = Each(static n => FieldCodec.ForDouble(n | Delimited));
    internal static readonly FieldCodec<int>[] PackedInt = Each(static n => FieldCodec.ForInt32(n | Delimited));
    internal static readonly FieldCodec<long>[] PackedLong = Each(static n => FieldCodec.ForInt64(n | Delimited));
    internal static readonly FieldCodec<ulong>[] PackedULong = Each(static n => FieldCodec.ForUInt64(n | Delimited));
    internal static readonly FieldCodec<long>[] Long = Each(static n => FieldCodec.ForInt64(n | Varint));
    internal static readonly FieldCodec<float>[] Float = Each(static n => FieldCodec.ForFloat(n | Fixed32));

    internal static class Of<T> where T : Message<T>, new()
    {
        internal static readonly FieldCodec<T>[] Messages = Each(static n => FieldCodec.ForMessage(n | Delimited, new MessageParser<T>(static () => new T())));
    }

    static FieldCodec<T>[] Each<T>(Func<uint, FieldCodec<T>> make) => [.. Enumerable.Range(0, Numbers).Select(n => make((uint)n << 3))];
}
