using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Reads each head of an HTTP/1.1 connection just before the server does:
/// <code>
/// HTTP://name/ ─► http://name/          Host: name: ─► Host: name       both valid (RFC 3986 §3.1, §3.2.3), but the server rejects them
/// Connection, bare line feeds ─► HeadNotes                              the server does not expose them
/// </code>
/// Bytes are changed in place and never moved, so the server's parse is the only one. The server consumes whole lines, so a buffer starts
/// with a line.
/// </summary>
internal sealed class HeadReader(PipeReader input, HeadNotes notes) : PipeReader
{
    private const int MostCopied = 64 * 1024; // heads are shorter

    private ReadOnlySequence<byte> _buffer;
    private bool _isInHead;
    private bool _isStartLineNext;
    private long _seen; // bytes of the buffer whose lines were already read

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        var has = input.TryRead(out result);
        if (has)
        {
            Look(result);
        }

        return has;
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = input.ReadAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            return ReadLaterAsync(read);
        }

        var result = read.Result;
        Look(result);
        return new(result);
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_isInHead)
        {
            var count = _buffer.Slice(0, consumed).Length;
            _isStartLineNext &= count == 0;
            _seen = Math.Max(0, _seen - count);
        }

        _buffer = default;
        input.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => input.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => input.Complete(exception);

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => input.CompleteAsync(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadLaterAsync(ValueTask<ReadResult> read)
    {
        var result = await read.ConfigureAwait(false);
        Look(result);
        return result;
    }

    private void Look(in ReadResult result)
    {
        if (result.Buffer.IsEmpty)
        {
            return;
        }

        if (!_isInHead)
        {
            if (!notes.IsHeadNext)
            {
                return;
            }

            (_isInHead, _isStartLineNext, _seen) = (true, true, 0);
            notes.Clear();
        }

        _buffer = result.Buffer;
        if (_buffer.IsSingleSegment)
        {
            Read(MemoryMarshal.AsMemory(_buffer.First).Span);
        }
        else
        {
            ReadCopy();
        }
    }

    private void ReadCopy()
    {
        var part = _buffer.Slice(0, Math.Min(_buffer.Length, MostCopied));
        var copy = ArrayPool<byte>.Shared.Rent((int)part.Length);
        try
        {
            part.CopyTo(copy);
            Read(copy.AsSpan(0, (int)part.Length));
            var rest = copy.AsSpan();
            foreach (var segment in part)
            {
                rest[..segment.Length].CopyTo(MemoryMarshal.AsMemory(segment).Span);
                rest = rest[segment.Length..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    // Reads complete lines. Lines that the server left in its buffer appear again and are recorded once.
    private void Read(Span<byte> bytes)
    {
        var isStartLine = _isStartLineNext;
        for (var at = 0; bytes[at..].IndexOf((byte)'\n') is >= 0 and var length; at += length + 1, isStartLine = false)
        {
            var line = bytes.Slice(at, length);
            var isNew = at >= _seen;
            if (line is [.., (byte)'\r'])
            {
                line = line[..^1];
            }
            else
            {
                notes.HasBareLineFeed = true;
            }

            if (line.IsEmpty && !isStartLine)
            {
                _isInHead = false;
                return;
            }

            if (isStartLine)
            {
                LowerScheme(line);
            }
            else if (line[0] is (byte)'H' or (byte)'h' or (byte)'C' or (byte)'c')
            {
                ReadField(line, isNew);
            }

            _seen = Math.Max(_seen, at + length + 1);
        }
    }

    private void ReadField(Span<byte> line, bool isNew)
    {
        var colon = line.IndexOf((byte)':');
        if (colon == 4 && Is(line[..4], "host"u8))
        {
            var host = line[5..].TrimEnd(" \t"u8);
            if (host.Length > 1 && host[^1] == ':' && !host[..^1].Trim(" \t"u8).IsEmpty)
            {
                host[^1] = (byte)' ';
            }
        }
        else if (colon == 10 && isNew && Is(line[..10], "connection"u8))
        {
            var members = line[11..].Trim(" \t"u8);
            if (!Is(members, "keep-alive"u8) && !Is(members, "close"u8) && !Is(members, "upgrade"u8))
            {
                notes.AddConnection(System.Text.Encoding.Latin1.GetString(members));
            }
        }
    }

    // For an absolute-form target, which starts with neither a slash nor an asterisk.
    private static void LowerScheme(Span<byte> line)
    {
        var blank = line.IndexOf((byte)' ');
        if (blank < 0 || blank + 1 >= line.Length || line[blank + 1] is (byte)'/' or (byte)'*')
        {
            return;
        }

        var target = line[(blank + 1)..];
        foreach (var scheme in (ReadOnlySpan<int>)[4, 5])
        {
            if (target.Length > scheme + 2 && target[scheme..].StartsWith("://"u8) && Is(target[..scheme], "https"u8[..scheme]))
            {
                "https"u8[..scheme].CopyTo(target);
            }
        }
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => System.Text.Ascii.EqualsIgnoreCase(text, lower);
}
