using System.Buffers;
using System.Net;

namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Syntax of host and port (RFC 3986 §3.2 without user information, RFC 9110 §7.2): a registered name, an IPv4 or bracketed IPv6 address,
/// and a port of 0 to 65535, which may be empty.
/// </summary>
internal static class AuthoritySyntax
{
    private const int MaxPort = 65535;

    private static readonly SearchValues<byte> Name = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=%"u8);

    private static readonly SearchValues<byte> Address = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <summary>True if <paramref name="authority"/> is a host, with or without a port.</summary>
    public static bool IsValid(ReadOnlySpan<byte> authority)
    {
        if (authority is [(byte)'[', ..])
        {
            var end = authority.IndexOf((byte)']');
            return end > 0
                && !authority[1..end].ContainsAnyExcept(Address)
                && authority[1..end].Contains((byte)':')
                && IPAddress.IsValidUtf8(authority[1..end])
                && (end + 1 == authority.Length || (authority[end + 1] == ':' && IsPort(authority[(end + 2)..])));
        }

        var colon = authority.IndexOfAnyExcept(Name);
        var host = colon < 0 ? authority : authority[..colon];
        return !host.IsEmpty
            && (colon < 0 || (authority[colon] == ':' && IsPort(authority[(colon + 1)..])))
            && ArePercentsEscapes(host);
    }

    private static bool IsPort(ReadOnlySpan<byte> port)
    {
        var number = 0;
        foreach (var digit in port)
        {
            if (digit is < (byte)'0' or > (byte)'9' || (number = (number * 10) + digit - '0') > MaxPort)
            {
                return false;
            }
        }

        return true;
    }

    private static bool ArePercentsEscapes(ReadOnlySpan<byte> host)
    {
        while (host.IndexOf((byte)'%') is >= 0 and var percent)
        {
            if (host.Length < percent + 3
                || !char.IsAsciiHexDigit((char)host[percent + 1])
                || !char.IsAsciiHexDigit((char)host[percent + 2]))
            {
                return false;
            }

            host = host[(percent + 3)..];
        }

        return true;
    }
}
