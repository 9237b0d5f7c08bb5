using System.Buffers;

namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>
/// Splits a stream into lines over one pooled buffer. A line that is too long is skipped up to its end, so that one object cannot use the
/// memory of the process. What follows the last line feed was cut and is dropped.
/// </summary>
/// <param name="stream">The stream; not disposed.</param>
/// <param name="most">Longest line in bytes.</param>
internal sealed class LineReader(Stream stream, int most) : IDisposable
{
    /// <summary>
    /// Longest line of a watch: 3 MiB, the largest object that an API server takes, and 64 KiB for what surrounds it.
    /// </summary>
    public const int Longest = (3 * 1024 * 1024) + (64 * 1024);

    private const int Usual = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Usual);
    private int _start;
    private int _searched;
    private int _end;
    private bool _skips;

    /// <summary>
    /// The next line without its line feed, valid until the next call. <see cref="LineResult.IsEnd"/> at the end of the stream.
    /// </summary>
    /// <exception cref="IOException">The stream broke.</exception>
    public async ValueTask<LineResult> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (Take() is { } line)
            {
                return line;
            }

            MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return new LineResult(default, IsEnd: true, IsTooLong: false);
            }

            _end += read;
        }
    }

    /// <summary>Returns the buffer.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _searched, _end) = ([], 0, 0, 0);
    }

    private LineResult? Take()
    {
        while (true)
        {
            var length = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (length < 0)
            {
                _searched = _end;
                return null;
            }

            var (from, to) = (_start, _searched + length);
            _start = _searched = to + 1;
            if (_skips)
            {
                _skips = false;
                return new LineResult(default, IsEnd: false, IsTooLong: true);
            }

            if (to - from > most)
            {
                return new LineResult(default, IsEnd: false, IsTooLong: true);
            }

            // Empty lines are not events.
            if (to > from)
            {
                return new LineResult(_buffer.AsMemory(from, to - from), IsEnd: false, IsTooLong: false);
            }
        }
    }

    private void MakeRoom()
    {
        var length = _end - _start;
        if (_skips || length > most)
        {
            (_skips, _start, _searched, _end, length) = (true, 0, 0, 0, 0);
        }

        if (length == 0 && _buffer.Length > Usual)
        {
            // A large line has passed.
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(Usual);
            (_start, _searched, _end) = (0, 0, 0);
        }
        else if (_start > 0 && (length == 0 || _end == _buffer.Length))
        {
            _buffer.AsSpan(_start, length).CopyTo(_buffer);
            (_start, _searched, _end) = (0, length, length);
        }

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(2 * _buffer.Length);
            _buffer.AsSpan(_start, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _start, _searched, _end) = (larger, 0, length, length);
        }
    }
}
