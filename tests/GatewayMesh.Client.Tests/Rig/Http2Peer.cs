using System.Buffers.Binary;
using System.Text;

namespace GatewayMesh.Client.Tests.Rig;

/// <summary>The server's side of one HTTP/2 connection, frame by frame (RFC 9113 §4.1).</summary>
internal sealed class Http2Peer(ServerConnection connection)
{
    public const byte Data = 0, Headers = 1, RstStream = 3, Settings = 4, GoAway = 7;
    public const uint RefusedStream = 7;
    private const byte EndStream = 1, EndHeaders = 4, Ack = 1;

    public ServerConnection Connection => connection;

    /// <summary>Exchanges the client's preface and both sides' settings.</summary>
    public async Task GreetAsync()
    {
        await connection.TakeAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length);
        await SendAsync(Settings, 0, 0, []);
    }

    /// <summary>The next stream that the client has opened and, unless the headers are enough, ended.</summary>
    public async Task<int> NextRequestAsync(bool headIsEnough = false)
    {
        while (true)
        {
            var head = await connection.TakeAsync(9);
            var length = (head[0] << 16) | (head[1] << 8) | head[2];
            await connection.TakeAsync(length);
            if (head[3] == Settings && (head[4] & Ack) == 0)
            {
                await SendAsync(Settings, Ack, 0, []);
            }

            if (head[3] is Headers or Data && ((head[4] & EndStream) != 0 || (headIsEnough && head[3] == Headers)))
            {
                return (int)BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(5));
            }
        }
    }

    public async Task AnswerAsync(int stream, string body)
    {
        // HPACK: the static table's entry 8 is ":status: 200".
        await SendAsync(Headers, EndHeaders, stream, [0x88]);
        await SendAsync(Data, EndStream, stream, Encoding.ASCII.GetBytes(body));
    }

    public Task RefuseAsync(int stream) => SendAsync(RstStream, 0, stream, [0, 0, 0, (byte)RefusedStream]);

    /// <summary>Tells the client that streams above <paramref name="last"/> were not and will not be processed.</summary>
    public Task GoAwayAsync(int last, byte code = 0) => SendAsync(GoAway, 0, 0, [0, 0, 0, (byte)last, 0, 0, 0, code]);

    private Task SendAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5), (uint)stream);
        payload.CopyTo(frame, 9);
        return connection.SendAsync(frame);
    }
}
