using System.Buffers.Binary;
using System.Text;

namespace GatewayMesh.Client.Connections;

/// <summary>
/// Writes the hello that a gateway's tunnel listener expects first: a PROXY protocol version 2 header (command LOCAL, no addresses) with
/// the mesh's TLVs. Source: the PROXY protocol, section 2.2; the types are those of the mesh's guard.
/// </summary>
internal static class TunnelHelloWriter
{
    private const byte Version2Local = 0x20;
    private const byte Unspecified = 0x00;
    private const byte ServiceType = 0xE0, NodeType = 0xE2, VersionType = 0xE3;

    /// <summary>The bytes of the hello. Names are printable ASCII of at most 255 characters.</summary>
    public static byte[] Write(string service, string node, string version)
    {
        using var stream = new MemoryStream();
        stream.Write("\r\n\r\n\0\r\nQUIT\n"u8);
        stream.Write([Version2Local, Unspecified, 0, 0]);
        var fixedLength = (int)stream.Length;
        Write(stream, ServiceType, service);
        Write(stream, NodeType, node);
        Write(stream, VersionType, version);
        var bytes = stream.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(fixedLength - 2), (ushort)(bytes.Length - fixedLength));
        return bytes;
    }

    private static void Write(MemoryStream stream, byte type, string value)
    {
        stream.Write([type, (byte)(value.Length >> 8), (byte)value.Length]);
        stream.Write(Encoding.ASCII.GetBytes(value));
    }
}
