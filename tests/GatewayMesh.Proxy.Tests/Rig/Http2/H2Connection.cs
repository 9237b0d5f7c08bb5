using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Proxy.Tests.Rig.Http2;

/// <summary>
/// One HTTP/2 connection at the frame level, from either side. Replies automatically only to settings and pings, so the test controls every
/// other frame.
/// </summary>
internal sealed class H2Connection(RawConnection raw) : IDisposable
{
    public static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    private readonly SemaphoreSlim _sending = new(1);
    private int _lastStream = -1;

    public RawConnection Raw => raw;

    /// <summary>Settings and window updates of the peer, which <see cref="Read"/> omits.</summary>
    public List<Frame> Grants { get; } = [];

    /// <summary>Connects as a client.</summary>
    public static async Task<H2Connection> To(IPEndPoint address) => await Open(await RawConnection.To(address));

    /// <summary>Starts as a client on an existing connection.</summary>
    public static async Task<H2Connection> Open(RawConnection raw)
    {
        var connection = new H2Connection(raw);
        await raw.Send(Preface);
        await connection.SendSettings();
        return connection;
    }

    /// <summary>Accepts a connection as a server.</summary>
    public static async Task<H2Connection> Accept(RawConnection raw, int? maxStreams = null)
    {
        var connection = new H2Connection(raw);
        Assert.That(await raw.ReadBytes(Preface.Length), Is.EqualTo(Preface));
        await connection.SendSettings(maxStreams);
        return connection;
    }

    public Task Send(FrameType type, int flags, int stream, params byte[] payload)
    {
        var bytes = new byte[9 + payload.Length];
        bytes[0] = (byte)(payload.Length >> 16);
        bytes[1] = (byte)(payload.Length >> 8);
        bytes[2] = (byte)payload.Length;
        bytes[3] = (byte)type;
        bytes[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), stream);
        payload.CopyTo(bytes, 9);
        return SendWhole(bytes);
    }

    /// <summary>Sends a new request; returns its stream.</summary>
    public async Task<int> Request(Fields head, bool end = true)
    {
        _lastStream += 2;
        var stream = _lastStream;
        await Headers(stream, head, end);
        return stream;
    }

    public Task Headers(int stream, Fields fields, bool end = false) =>
        Send(FrameType.Headers, Frame.EndHeaders | (end ? Frame.EndStream : 0), stream, Hpack.Encode(fields));

    public Task Data(int stream, string text, bool end = false) => Data(stream, System.Text.Encoding.Latin1.GetBytes(text), end);

    public Task Data(int stream, byte[] bytes, bool end = false) => Send(FrameType.Data, end ? Frame.EndStream : 0, stream, bytes);

    public Task Reset(int stream, int code) => Send(FrameType.RstStream, 0, stream, Word(code));

    public Task GoAway(int lastStream, int code = 0) => Send(FrameType.GoAway, 0, 0, [.. Word(lastStream), .. Word(code)]);

    public Task Grant(int stream, int bytes) => Send(FrameType.WindowUpdate, 0, stream, Word(bytes));

    /// <summary>Reads the next relevant frame: settings and pings are answered, window updates omitted.</summary>
    public async Task<Frame> Read()
    {
        while (true)
        {
            var frame = await ReadAny();
            if (frame.Type is FrameType.Settings or FrameType.WindowUpdate && Grants.Count < 100)
            {
                Grants.Add(frame);
            }

            switch (frame.Type)
            {
                case FrameType.Settings when (frame.Flags & Frame.Ack) == 0:
                    await Answer(FrameType.Settings, []);
                    break;
                case FrameType.Ping when (frame.Flags & Frame.Ack) == 0:
                    await Answer(FrameType.Ping, frame.Payload);
                    break;
                case FrameType.Settings or FrameType.Ping or FrameType.WindowUpdate or FrameType.Priority:
                    break;
                default:
                    return frame;
            }
        }
    }

    public async Task<Frame> ReadAny()
    {
        var head = await raw.ReadBytes(9);
        var length = (head[0] << 16) | (head[1] << 8) | head[2];
        return new Frame(
            (FrameType)head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) & int.MaxValue, await raw.ReadBytes(length));
    }

    /// <summary>Reads the next frame, which must be a head.</summary>
    public async Task<(int Stream, Fields Fields, bool End)> ReadHead()
    {
        var frame = await Read();
        Assert.That(frame.Type, Is.EqualTo(FrameType.Headers), $"{frame}");
        List<byte> block = [.. frame.Payload];
        for (var last = frame; (last.Flags & Frame.EndHeaders) == 0;)
        {
            last = await Read();
            Assert.That(last.Type, Is.EqualTo(FrameType.Continuation));
            block.AddRange(last.Payload);
        }

        return (frame.Stream, Hpack.Decode([.. block]), frame.EndsStream);
    }

    /// <summary>Reads one stream up to its end.</summary>
    public async Task<H2Message> ReadMessage()
    {
        var (stream, head, end) = await ReadHead();
        var message = new H2Message(stream, head) { EndedByHead = end };
        while (!end)
        {
            var frame = await Read();
            if (frame.Stream != stream)
            {
                message.Others.Add(frame);
                continue;
            }

            end = frame.EndsStream;
            switch (frame.Type)
            {
                case FrameType.Data:
                    message.Body += System.Text.Encoding.Latin1.GetString(frame.Payload);
                    break;
                case FrameType.Headers:
                    message.Trailers = Hpack.Decode(frame.Payload);
                    break;
                case FrameType.RstStream:
                    message.ResetCode = frame.ErrorCode;
                    return message;
            }
        }

        return message;
    }

    /// <summary>Reads until a frame of this type arrives.</summary>
    public async Task<Frame> ReadUntil(FrameType type)
    {
        while (true)
        {
            var frame = await Read();
            if (frame.Type == type)
            {
                return frame;
            }
        }
    }

    /// <summary>Sends a request and reads its response.</summary>
    public async Task<H2Message> Ask(Fields head, string? body = null)
    {
        var stream = await Request(head, end: body is null);
        if (body is not null)
        {
            await Data(stream, body, end: true);
        }

        return await ReadMessage();
    }

    public void Dispose()
    {
        raw.Dispose();
        _sending.Dispose();
    }

    private static byte[] Word(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private Task SendSettings(int? maxStreams = null) =>
        // no dynamic table
        Send(FrameType.Settings, 0, 0, [0, 1, 0, 0, 0, 0, .. maxStreams is { } most ? (byte[])[0, 3, .. Word(most)] : []]);

    // The peer may have closed behind the frames that are being read.
    private async Task Answer(FrameType type, byte[] payload)
    {
        try
        {
            await Send(type, Frame.Ack, 0, payload);
        }
        catch (SocketException)
        {
        }
    }

    private async Task SendWhole(byte[] bytes)
    {
        await _sending.WaitAsync();
        try
        {
            await raw.Send(bytes);
        }
        finally
        {
            _sending.Release();
        }
    }
}
