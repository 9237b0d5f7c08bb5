using System.Globalization;
using System.Net;

namespace GatewayMesh.Client.Settings;

/// <summary>An address to connect to.</summary>
/// <param name="Host">Name or IP address, without brackets.</param>
/// <param name="Port">1 to 65535.</param>
internal readonly record struct TargetAddress(string Host, int Port)
{
    /// <summary>Parses <c>HOST:PORT</c> or <c>[IPV6]:PORT</c>, optionally after <c>http://</c>.</summary>
    public static bool TryParse(string? text, out TargetAddress value)
    {
        value = default;
        var rest = (text ?? "").AsSpan().Trim();
        if (rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[7..].TrimEnd('/');
        }

        var colon = rest.LastIndexOf(':');
        if (colon <= 0
            || !int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65535)
        {
            return false;
        }

        var host = rest[..colon];
        if (host[0] == '[' && host[^1] == ']' && IPAddress.TryParse(host[1..^1], out _))
        {
            host = host[1..^1];
        }
        else if (Uri.CheckHostName(host.ToString()) is UriHostNameType.Unknown or UriHostNameType.IPv6)
        {
            return false;
        }

        value = new TargetAddress(host.ToString(), port);
        return true;
    }

    /// <summary>The address in the parsed form.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
