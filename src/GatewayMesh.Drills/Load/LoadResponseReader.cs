using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace GatewayMesh.Drills.Load;

/// <summary>
/// Incremental HTTP/1.1 response reader that keeps only what the report needs (RFC 9112 §6.3 for the end of a body).
/// Not a general client: it drops trailers and understands only responses to GET.
/// </summary>
internal sealed class LoadResponseReader
{
    private const int MaxHead = 64 * 1024;

    private readonly List<byte> _head = new(1024);
    private readonly List<byte> _via = new(128);
    private Part _part;
    private long _left;
    private int _matched;

    private enum Part
    {
        Head,
        Length,
        UntilClose,
        ChunkSize,
        ChunkExtension,
        ChunkData,
        Trailer,
        Done,
        Broken,
    }

    /// <summary>Status of the last complete head, or 0.</summary>
    public int Status { get; private set; }

    /// <summary>The members of <c>Via</c>, joined by commas.</summary>
    public ReadOnlySpan<byte> Via => CollectionsMarshal.AsSpan(_via);

    /// <summary>True if the peer closes the connection after this response.</summary>
    public bool Close { get; private set; }

    /// <summary>True when the response is complete.</summary>
    public bool IsDone => _part == Part.Done;

    /// <summary>True if the bytes are not an HTTP/1.1 response.</summary>
    public bool IsBroken => _part == Part.Broken;

    /// <summary>Resets the reader for the next response.</summary>
    public void Reset()
    {
        _head.Clear();
        _via.Clear();
        _part = Part.Head;
        _matched = 0;
        Status = 0;
        Close = false;
    }

    /// <summary>Reads bytes. Bytes after the end of the response are ignored (a client without pipelining gets none).</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _part is not (Part.Done or Part.Broken or Part.UntilClose))
        {
            bytes = bytes[(_part switch
            {
                Part.Head => ReadHead(bytes),
                Part.Length or Part.ChunkData => ReadData(bytes),
                Part.Trailer => ReadTrailer(bytes),
                _ => ReadChunkSize(bytes),
            })..];
        }
    }

    /// <summary>Handles the peer's close: it ends a body without a length, and breaks everything else.</summary>
    public void ReadEnd()
    {
        if (_part != Part.Done)
        {
            Close = true;
            _part = _part == Part.UntilClose ? Part.Done : Part.Broken;
        }
    }

    private int ReadHead(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            _matched = bytes[i] switch
            {
                (byte)'\n' when _matched is 1 or 3 => _matched + 1,
                (byte)'\r' => _matched == 2 ? 3 : 1,
                _ => 0,
            };
            if (_matched == 4)
            {
                _head.AddRange(bytes[..(i + 1)]);
                _matched = 0;
                ParseHead(CollectionsMarshal.AsSpan(_head));
                _head.Clear();
                return i + 1;
            }
        }

        _head.AddRange(bytes);
        if (_head.Count > MaxHead)
        {
            _part = Part.Broken;
        }

        return bytes.Length;
    }

    private void ParseHead(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12
            || !head.StartsWith("HTTP/1."u8)
            || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out var used)
            || used != 3)
        {
            _part = Part.Broken;
            return;
        }

        if (status is >= 100 and < 200)
        {
            return; // An interim response; the final response follows.
        }

        Status = status;
        Close = head[7] == '0';
        _part = Part.UntilClose;
        var chunked = false;
        long? length = null;
        foreach (var range in head.SplitAny("\r\n"u8))
        {
            var line = head[range];
            var colon = line.IndexOf((byte)':');
            if (colon > 0)
            {
                Field(line[..colon], line[(colon + 1)..].Trim(" \t"u8), ref chunked, ref length);
            }
        }

        (_part, _left) = (status, chunked, length) switch
        {
            (204 or 304, _, _) => (Part.Done, 0),
            (_, true, _) => (Part.ChunkSize, 0),
            (_, _, 0) => (Part.Done, 0),
            (_, _, > 0) => (Part.Length, length.Value),
            _ => (Part.UntilClose, 0L),
        };
    }

    private void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref bool chunked, ref long? length)
    {
        if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
        {
            length = Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length ? number : -1;
        }
        else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
        {
            chunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
        }
        else if (Ascii.EqualsIgnoreCase(name, "connection"u8))
        {
            Close |= Ascii.EqualsIgnoreCase(value, "close"u8);
        }
        else if (Ascii.EqualsIgnoreCase(name, "via"u8))
        {
            if (_via.Count > 0)
            {
                _via.AddRange(", "u8);
            }

            _via.AddRange(value);
        }
    }

    private int ReadData(ReadOnlySpan<byte> bytes)
    {
        var taken = (int)Math.Min(bytes.Length, _left);
        _left -= taken;
        if (_left == 0)
        {
            _part = _part == Part.Length ? Part.Done : Part.ChunkSize;
        }

        return taken;
    }

    // The CRLF after a chunk's data is part of _left, so a size always starts here.
    private int ReadChunkSize(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var digit = bytes[i] switch
            {
                >= (byte)'0' and <= (byte)'9' => bytes[i] - '0',
                >= (byte)'a' and <= (byte)'f' => bytes[i] - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => bytes[i] - 'A' + 10,
                _ => -1,
            };
            if (bytes[i] == '\n')
            {
                (_part, _left) = _left == 0 ? (Part.Trailer, 0) : (Part.ChunkData, _left + 2);
                return i + 1;
            }

            if (_part == Part.ChunkSize && digit >= 0 && _left < int.MaxValue)
            {
                _left = (_left * 16) + digit;
            }
            else
            {
                _part = bytes[i] is (byte)';' or (byte)'\r' || _part == Part.ChunkExtension ? Part.ChunkExtension : Part.Broken;
            }

            if (_part == Part.Broken)
            {
                return bytes.Length;
            }
        }

        return bytes.Length;
    }

    // Trailer lines are skipped; the empty line ends the response.
    private int ReadTrailer(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '\n')
            {
                if (_left == 0)
                {
                    _part = Part.Done;
                    return i + 1;
                }

                _left = 0;
            }
            else if (bytes[i] != '\r')
            {
                _left++;
            }
        }

        return bytes.Length;
    }
}
