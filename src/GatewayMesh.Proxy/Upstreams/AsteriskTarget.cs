using System.Security.Cryptography;
using System.Text;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// <c>OPTIONS *</c> (RFC 9112 §3.2.4), which the HTTP client cannot write: a URI has a path that begins with a slash. The client writes a path that nobody outside this
/// process can know, and the connection puts the asterisk in its place.
/// </summary>
internal static class AsteriskTarget
{
    /// <summary>What stands for the asterisk on its way through the client; another one in each process.</summary>
    public static readonly string Path = "/" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>The beginning of the request line as it is sent.</summary>
    public static readonly byte[] Line = "OPTIONS *"u8.ToArray();

    private static readonly byte[] Written = Encoding.ASCII.GetBytes($"OPTIONS {Path} ");

    /// <summary>True if the client writes such a request line.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Written);

    /// <summary>What follows the target.</summary>
    public static ReadOnlyMemory<byte> Rest(ReadOnlyMemory<byte> bytes) => bytes[(Written.Length - 1)..];
}
