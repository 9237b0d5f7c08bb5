using System.Buffers.Binary;
using System.Text;

namespace GatewayMesh.Configuration.Tunnels;

/// <summary>
/// Greeting of a guard before it carries a connection to a gateway: a PROXY protocol version 2 header (command LOCAL, no addresses) with
/// TLVs from the range reserved for applications (0xE0 to 0xEF). Source: the PROXY protocol, section 2.2.
/// </summary>
/// <param name="Service">Service whose identity the application uses.</param>
/// <param name="Upstream">Service of a dedicated local port; null: the Host of each request decides.</param>
/// <param name="Node">Node of the guard.</param>
/// <param name="Version">Version of the guard.</param>
public sealed record TunnelHello(string Service, string? Upstream, string Node, string Version)
{
    /// <summary>Maximum length of a hello in bytes.</summary>
    public const int MaxLength = FixedLength + 2048;

    private const int FixedLength = 16;
    private const byte Version2Local = 0x20;
    private const byte Unspecified = 0x00;

    // TLV types of the mesh, defined only here. 0xE4 is reserved for the original destination.
    private const byte ServiceType = 0xE0, UpstreamType = 0xE1, NodeType = 0xE2, VersionType = 0xE3;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Encodes the hello.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        stream.Write(Signature);
        stream.Write([Version2Local, Unspecified, 0, 0]);
        Write(stream, ServiceType, Service);
        Write(stream, UpstreamType, Upstream);
        Write(stream, NodeType, Node);
        Write(stream, VersionType, Version);
        var bytes = stream.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), (ushort)(bytes.Length - FixedLength));
        return bytes;
    }

    /// <summary>Reads a hello from the start of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">Bytes received so far.</param>
    /// <param name="hello">The hello, when the result is <see cref="TunnelHelloResult.Complete"/>.</param>
    /// <param name="length">Length in bytes, when complete.</param>
    public static TunnelHelloResult Read(ReadOnlySpan<byte> bytes, out TunnelHello? hello, out int length)
    {
        hello = null;
        length = 0;
        var common = Math.Min(bytes.Length, Signature.Length);
        if (!bytes[..common].SequenceEqual(Signature[..common]))
        {
            return TunnelHelloResult.Malformed;
        }

        if (bytes.Length < FixedLength)
        {
            return TunnelHelloResult.Incomplete;
        }

        var body = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (bytes[12] != Version2Local || bytes[13] != Unspecified || FixedLength + body > MaxLength)
        {
            return TunnelHelloResult.Malformed;
        }

        if (bytes.Length < FixedLength + body)
        {
            return TunnelHelloResult.Incomplete;
        }

        length = FixedLength + body;
        hello = ReadValues(bytes.Slice(FixedLength, body));
        return hello is null ? TunnelHelloResult.Malformed : TunnelHelloResult.Complete;
    }

    private static TunnelHello? ReadValues(ReadOnlySpan<byte> values)
    {
        string? service = null, upstream = null, node = null, version = null;
        while (!values.IsEmpty)
        {
            if (values.Length < 3 || BinaryPrimitives.ReadUInt16BigEndian(values[1..]) is var size && values.Length < 3 + size)
            {
                return null;
            }

            // Other types are skipped regardless of their content: a later version may send more.
            var name = "";
            if (values[0] is >= ServiceType and <= VersionType && !TryReadName(values.Slice(3, size), out name))
            {
                return null;
            }

            switch (values[0])
            {
                case ServiceType: service = name; break;
                case UpstreamType: upstream = name; break;
                case NodeType: node = name; break;
                case VersionType: version = name; break;
            }

            values = values[(3 + size)..];
        }

        return service is null || node is null ? null : new TunnelHello(service, upstream, node, version ?? "");
    }

    // Names appear in logs, metrics, and headers: printable ASCII only, so that a hostile hello cannot inject into them.
    private static bool TryReadName(ReadOnlySpan<byte> text, out string name)
    {
        name = "";
        if (text.Length is 0 or > 255 || text.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
        {
            return false;
        }

        name = Encoding.ASCII.GetString(text);
        return true;
    }

    private static void Write(MemoryStream stream, byte type, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            stream.Write([type, (byte)(bytes.Length >> 8), (byte)bytes.Length]);
            stream.Write(bytes);
        }
    }
}
