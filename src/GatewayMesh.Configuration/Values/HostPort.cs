using System.Globalization;
using System.Net;

namespace GatewayMesh.Configuration.Values;

/// <summary>A dialable address: a host and a port.</summary>
/// <param name="Host">IP address (IPv6 without brackets) or DNS name.</param>
/// <param name="Port">TCP port, 1 to 65535.</param>
public sealed record HostPort(string Host, int Port)
{
    private string? _text;
    private int _hash;

    // What was derived from the original's values is not copied.
    private HostPort(HostPort original) => (Host, Port) = (original.Host, original.Port);

    /// <inheritdoc/>
    public bool Equals(HostPort? other) =>
        ReferenceEquals(this, other) || (other is not null && Port == other.Port && Host.Equals(other.Host, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override int GetHashCode() => _hash != 0 ? _hash : _hash = HashCode.Combine(Host, Port);

    /// <summary>The address as an <see cref="IPEndPoint"/> when the host is an IP address, otherwise a <see cref="DnsEndPoint"/>.</summary>
    public EndPoint ToEndPoint() =>
        IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port) : new DnsEndPoint(Host, Port);

    /// <summary>Reads <c>host:port</c> or <c>[v6]:port</c>.</summary>
    public static bool TryParse(string? text, out HostPort value)
    {
        value = new HostPort("", 0);
        if (text is null)
        {
            return false;
        }

        var colon = text.LastIndexOf(':');
        if (colon <= 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65535)
        {
            return false;
        }

        var host = text[..colon];
        if (host is ['[', .., ']'])
        {
            host = host[1..^1];
        }
        else if (host.Contains(':'))
        {
            return false;
        }

        value = new HostPort(host, port);
        return host.Length > 0;
    }

    /// <summary>Writes the address as in <see cref="ToString"/>, without keeping its text.</summary>
    /// <returns>False if <paramref name="text"/> is too short.</returns>
    public bool TryFormat(Span<char> text, out int length) =>
        Host.Contains(':')
            ? text.TryWrite(CultureInfo.InvariantCulture, $"[{Host}]:{Port}", out length)
            : text.TryWrite(CultureInfo.InvariantCulture, $"{Host}:{Port}", out length);

    /// <inheritdoc/>
    public override string ToString() =>
        _text ??= Host.Contains(':')
            ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
            : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
