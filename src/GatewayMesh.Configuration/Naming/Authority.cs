using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Configuration.Naming;

/// <summary>Host and port of a request, in parts of the received text.</summary>
internal readonly ref struct Authority
{
    private static readonly SearchValues<char> V4 = SearchValues.Create("0123456789.");

    private Authority(ReadOnlySpan<char> host, int? port, bool isV6)
    {
        Host = host;
        Port = port;
        IsV6 = isV6;
    }

    /// <summary>Host without brackets and trailing dot.</summary>
    public ReadOnlySpan<char> Host { get; }

    /// <summary>Port; null if the text names none.</summary>
    public int? Port { get; }

    /// <summary>True if the host was in brackets.</summary>
    public bool IsV6 { get; }

    /// <summary>True if the host can only be an IPv4 address.</summary>
    public bool IsV4 => !Host.IsEmpty && !Host.ContainsAnyExcept(V4);

    /// <summary>Splits a text. Returns false if it is not a host with or without a port.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out Authority authority)
    {
        authority = default;
        var isV6 = text is ['[', ..];
        var end = isV6 ? text.IndexOf(']') : text.IndexOf(':');
        var host = isV6 ? text[1..Math.Max(1, end)] : end < 0 ? text : text[..end];
        var rest = end < 0 ? [] : text[(isV6 ? end + 1 : end)..];
        int? port = null;
        if (rest.Length > 1)
        {
            if (rest[0] != ':' || !int.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            port = number;
        }

        host = isV6 ? host : host.TrimEnd('.');
        authority = new Authority(host, port, isV6);
        return !host.IsEmpty && (!isV6 || end > 0) && (rest.IsEmpty || rest[0] == ':');
    }

    /// <summary>The one spelling of an IPv6 address; null if the text is none.</summary>
    public static string? CanonicalV6(ReadOnlySpan<char> text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ToString() : null;
}
