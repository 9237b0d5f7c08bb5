using System.Buffers.Binary;

namespace GatewayMesh.Proxy.Tests.Rig.Http2;

/// <summary>One frame as it came.</summary>
internal sealed record Frame(FrameType Type, byte Flags, int Stream, byte[] Payload)
{
    public const byte EndStream = 0x1;
    public const byte Ack = 0x1;
    public const byte EndHeaders = 0x4;

    public bool EndsStream => (Flags & EndStream) != 0 && Type is FrameType.Data or FrameType.Headers;

    /// <summary>Of RST_STREAM.</summary>
    public int ErrorCode => BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(Type == FrameType.GoAway ? 4 : 0));

    /// <summary>Of GOAWAY.</summary>
    public int LastStream => BinaryPrimitives.ReadInt32BigEndian(Payload) & int.MaxValue;
}
