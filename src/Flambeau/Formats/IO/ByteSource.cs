using Microsoft.Win32.SafeHandles;

namespace Flambeau.Formats;

/// <summary>Bytes with random access: a file, or memory. Reads outside are refused, not truncated.</summary>
internal abstract class ByteSource : IDisposable
{
    internal abstract long Length { get; }

    internal static ByteSource Open(string path) => new FileSource(path);

    internal static ByteSource Of(ReadOnlyMemory<byte> bytes) => new MemorySource(bytes);

    /// <summary>Fills the span from this position.</summary>
    /// <exception cref="CheckpointException">The range leaves the file.</exception>
    internal void Read(long offset, Span<byte> destination)
    {
        Require(offset, destination.Length);
        Fill(offset, destination);
    }

    internal byte[] ReadBytes(long offset, int count)
    {
        Require(offset, count);
        var bytes = new byte[count];
        Fill(offset, bytes);
        return bytes;
    }

    /// <summary>Fills native or pinned memory of any length.</summary>
    internal unsafe void Read(long offset, byte* destination, long count)
    {
        Require(offset, count);
        for (long done = 0; done < count;)
        {
            var n = (int)Math.Min(count - done, 1 << 26);
            Fill(offset + done, new Span<byte>(destination + done, n));
            done += n;
        }
    }

    void Require(long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > Length || count > Length - offset)
            throw new CheckpointException($"the file is cut short or lies about its sizes: bytes {offset:N0} to {(decimal)offset + count:N0} are needed, and it has {Length:N0}");
    }

    private protected abstract void Fill(long offset, Span<byte> destination);

    public virtual void Dispose() { }

    sealed class MemorySource(ReadOnlyMemory<byte> bytes) : ByteSource
    {
        internal override long Length => bytes.Length;

        private protected override void Fill(long offset, Span<byte> destination) => bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
    }

    sealed class FileSource : ByteSource
    {
        readonly SafeFileHandle handle;

        internal FileSource(string path)
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            Length = RandomAccess.GetLength(handle);
        }

        internal override long Length { get; }

        private protected override void Fill(long offset, Span<byte> destination)
        {
            while (!destination.IsEmpty)
            {
                var n = RandomAccess.Read(handle, destination, offset);
                if (n == 0) throw new CheckpointException("the file became shorter while it was read");
                offset += n;
                destination = destination[n..];
            }
        }

        public override void Dispose() => handle.Dispose();
    }
}

/// <summary>Part of a source as a forward-only stream.</summary>
internal sealed class SourceStream(ByteSource source, long offset, long length) : Stream
{
    long position;

    public override int Read(Span<byte> buffer)
    {
        var n = (int)Math.Min(buffer.Length, length - position);
        source.Read(offset + position, buffer[..n]);
        position += n;
        return n;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => length;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException("this stream only reads forward");
    }

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("this stream only reads forward");
    public override void SetLength(long value) => throw new NotSupportedException("this stream is read-only");
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("this stream is read-only");
}
