using System.Buffers.Binary;

namespace GatewayMesh.Proxy.Tests.Rig.Http2;

/// <summary>One frame as received.</summary>
internal sealed record Frame(FrameType Type, byte Flags, int Stream, byte[] Payload)
{
    public const byte EndStream = 0x1;
    public const byte Ack = 0x1;
    public const byte EndHeaders = 0x4;

    public bool EndsStream => (Flags & EndStream) != 0 && Type is FrameType.Data or FrameType.Headers;

    /// <summary>Error code of RST_STREAM or GOAWAY.</summary>
    public int ErrorCode => BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(Type == FrameType.GoAway ? 4 : 0));

    /// <summary>Last stream of GOAWAY.</summary>
    public int LastStream => BinaryPrimitives.ReadInt32BigEndian(Payload) & int.MaxValue;
}
