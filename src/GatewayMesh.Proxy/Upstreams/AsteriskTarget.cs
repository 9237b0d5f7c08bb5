using System.Security.Cryptography;
using System.Text;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// <c>OPTIONS *</c> (RFC 9112 §3.2.4), which the HTTP client cannot write because the path of a URI starts with a slash. The client writes
/// a path that is secret to this process, and the connection replaces that path with the asterisk.
/// </summary>
internal static class AsteriskTarget
{
    /// <summary>Placeholder for the asterisk within the client; different in each process.</summary>
    public static readonly string Path = "/" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Start of the request line as sent.</summary>
    public static readonly byte[] Line = "OPTIONS *"u8.ToArray();

    private static readonly byte[] Written = Encoding.ASCII.GetBytes($"OPTIONS {Path} ");

    /// <summary>True if the bytes start with the placeholder's request line.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Written);

    /// <summary>Returns the bytes after the target.</summary>
    public static ReadOnlyMemory<byte> Rest(ReadOnlyMemory<byte> bytes) => bytes[(Written.Length - 1)..];
}
