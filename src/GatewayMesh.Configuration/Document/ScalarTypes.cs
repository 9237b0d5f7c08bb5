using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Document;

/// <summary>Scalar types of the configuration.</summary>
public static class ScalarTypes
{
    /// <summary>Any text except the empty one.</summary>
    public static ScalarType<string> Text { get; } = new("use a non-empty text", text =>
        text.Length > 0 ? Scalar.Good(text) : Scalar.Bad<string>("is empty", "use a non-empty text or remove the key"));

    /// <summary>
    /// Name of a service, node, cluster, or group. Used as a file name and host name, so limited to letters, digits, <c>-</c>, <c>_</c>,
    /// and <c>.</c>, at most 128.
    /// </summary>
    public static ScalarType<string> Name { get; } = new("use a name of letters, digits, '-', '_' and '.', such as web", text =>
        Names.IsName(text)
            ? Scalar.Good(text)
            : Scalar.Bad<string>(
                $"{Quoted.Of(text)} is not a name",
                "use letters, digits, '-', '_' and '.', a letter or digit first and last, at most 128"));

    /// <summary>
    /// Name of a service: as <see cref="Name"/>, and with Kubernetes also <c>NAME.NAMESPACE:PORT</c> for a port other than the default.
    /// </summary>
    public static ScalarType<string> Service { get; } = Name with
    {
        Read = text => Names.IsService(text) ? Scalar.Good(text)
            : text.Contains(':') ? Scalar.Bad<string>(
                $"{Quoted.Of(text)} is not the name of a service",
                "use a name without a port; with Kubernetes NAME.NAMESPACE or NAME.NAMESPACE:PORT")
            : Name.Read(text),
    };

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static ScalarType<bool> Flag { get; } = new("use true or false", text => text switch
    {
        "true" => Scalar.Good(true),
        "false" => Scalar.Good(false),
        _ => Scalar.Bad<bool>($"{Quoted.Of(text)} is not true or false", "use true or false"),
    });

    /// <summary>A TCP port, 1 to 65535.</summary>
    public static ScalarType<int> Port { get; } = new("use a port from 1 to 65535", text =>
        !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > 65535 ? Scalar.Bad<int>($"{Quoted.Of(text)} is not a port", "use a port from 1 to 65535")
        : port == 0 ? Scalar.Bad<int>("port 0 would change at each start, so that no peer could dial it", "use a port from 1 to 65535")
        : Scalar.Good(port));

    /// <summary>A duration above zero, such as <c>250ms</c>.</summary>
    public static ScalarType<TimeSpan> Duration { get; } = new("use a duration such as 250ms, 2s or 1m", text =>
        !DurationText.TryParse(text, out var value) ? Scalar.Bad<TimeSpan>(
            $"{Quoted.Of(text)} is not a duration",
            NumbersOnly(text) ? $"add a unit, such as {text}s or {text}ms" : "use a duration such as 250ms, 2s or 1m")
        : value == TimeSpan.Zero ? Scalar.Bad<TimeSpan>("is zero", "use a duration above zero such as 250ms")
        : Scalar.Good(value));

    /// <summary>A duration that may be zero, such as <c>0s</c>.</summary>
    public static ScalarType<TimeSpan> Wait { get; } = new("use a duration such as 0s or 2s", text =>
        DurationText.TryParse(text, out var value)
            ? Scalar.Good(value)
            : Scalar.Bad<TimeSpan>(
                $"{Quoted.Of(text)} is not a duration",
                NumbersOnly(text) ? $"add a unit, such as {text}s or {text}ms" : "use a duration such as 0s or 2s"));

    /// <summary>A size in bytes, such as <c>64KiB</c>.</summary>
    public static ScalarType<long> Size { get; } = new("use a size such as 64KiB", text =>
        SizeText.TryParse(text, out var bytes)
            ? Scalar.Good(bytes)
            : Scalar.Bad<long>($"{Quoted.Of(text)} is not a size", "use a size such as 512, 64KiB or 10MiB"));

    /// <summary>A size in bytes, or null for <c>none</c>.</summary>
    public static ScalarType<long?> SizeOrNone { get; } = new("use a size such as 10MiB, or none", text =>
        text == "none" ? Scalar.Good<long?>(null)
        : SizeText.TryParse(text, out var bytes) ? Scalar.Good<long?>(bytes)
        : Scalar.Bad<long?>($"{Quoted.Of(text)} is not a size", "use a size such as 64KiB or 10MiB, or none"));

    /// <summary>A share, read from a percentage: <c>0.5%</c> is 0.005.</summary>
    public static ScalarType<double> Percent { get; } = new("use a percentage such as 0.5%", text =>
        PercentText.TryParse(text, out var share)
            ? Scalar.Good(share)
            : Scalar.Bad<double>(
                $"{Quoted.Of(text)} is not a percentage from 0% to 100%",
                NumbersOnly(text) ? $"add the % sign, such as {text}%" : "use a percentage such as 0.5%"));

    /// <summary>A listening address: <c>IP:port</c>; <c>localhost</c> is 127.0.0.1.</summary>
    public static ScalarType<IPEndPoint> Address { get; } = new("use an address and a port such as 127.0.0.1:15001", text =>
        !TrySplit(text, out var host, out var port) ? Scalar.Bad<IPEndPoint>(
            $"{Quoted.Of(text)} is not an address and a port", "use an address and a port such as 127.0.0.1:15001")
        : host == "*" ? Scalar.Bad<IPEndPoint>($"{Quoted.Of(text)} is not an address", $"use 0.0.0.0:{port} for all addresses")
        : Port.Read(port) is { Message: { } message } bad ? Scalar.Bad<IPEndPoint>(message, bad.Fix)
        : !TryIP(host, out var address) ? Scalar.Bad<IPEndPoint>(
            $"{Quoted.Of(host)} is not an IP address", "listen on an IP address such as 127.0.0.1 or 0.0.0.0")
        : Scalar.Good(new IPEndPoint(address, Port.Read(port).Value)));

    /// <summary>An IP address without a port; <c>localhost</c> is 127.0.0.1.</summary>
    public static ScalarType<IPAddress> IP { get; } = new("use an IP address such as 127.0.0.1", text =>
        TryIP(text, out var address)
            ? Scalar.Good(address)
            : Scalar.Bad<IPAddress>($"{Quoted.Of(text)} is not an IP address", "use an IP address such as 127.0.0.1, without a port"));

    /// <summary>A dialable address: <c>host:port</c>.</summary>
    public static ScalarType<HostPort> Target { get; } = new("use a host and a port such as 10.0.0.5:20001", text =>
        HostPort.TryParse(text, out var value) && Names.IsHost(value.Host)
            ? Scalar.Good(value)
            : Scalar.Bad<HostPort>($"{Quoted.Of(text)} is not a host and a port", "use a host and a port such as 10.0.0.5:20001"));

    /// <summary>A host to dial, without a port: an address or a DNS name.</summary>
    public static ScalarType<string> Host { get; } = new("use an address such as 10.0.0.5 or a host name", text =>
        Names.IsHost(text)
            ? Scalar.Good(text)
            : Scalar.Bad<string>(
                $"{Quoted.Of(text)} is not an address or a host name", "use an address such as 10.0.0.5 or a host name, without a port"));

    /// <summary>A network in CIDR notation; a plain address is a network of one address.</summary>
    public static ScalarType<IPNetwork> Network { get; } = new("use a network such as 10.0.0.0/8", ReadNetwork);

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static ScalarType<int> Number(int least, int most)
    {
        var fix = string.Create(CultureInfo.InvariantCulture, $"use a whole number from {least} to {most}");
        return new ScalarType<int>(fix, text =>
            !int.TryParse(
                text,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var value) ? Scalar.Bad<int>($"{Quoted.Of(text)} is not a whole number", fix)
            : value < least || value > most ? Scalar.Bad<int>(string.Create(CultureInfo.InvariantCulture, $"{value} is out of range"), fix)
            : Scalar.Good(value));
    }

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, with or without decimals.</summary>
    public static ScalarType<double> Real(double least, double most)
    {
        var fix = string.Create(CultureInfo.InvariantCulture, $"use a number from {least} to {most}");
        return new ScalarType<double>(fix, text =>
            !double.TryParse(
                text,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var value) ? Scalar.Bad<double>($"{Quoted.Of(text)} is not a number", fix)
            : value < least
                || value > most ? Scalar.Bad<double>(string.Create(CultureInfo.InvariantCulture, $"{value} is out of range"), fix)
            : Scalar.Good(value));
    }

    /// <summary>One of a fixed set of words.</summary>
    /// <param name="words">Words and their values.</param>
    /// <param name="notYet">Planned but unsupported words, each with an alternative to suggest.</param>
    public static ScalarType<T> Word<T>(
        ImmutableArray<(string Word, T Value)> words, params ImmutableArray<(string Word, string Fix)> notYet)
    {
        var fix = $"use {string.Join(" or ", words.Select(word => word.Word))}";
        return new ScalarType<T>(fix, text =>
        {
            foreach (var (word, value) in words)
            {
                if (word == text)
                {
                    return Scalar.Good(value);
                }
            }

            foreach (var (word, instead) in notYet)
            {
                if (word == text)
                {
                    return Scalar.Bad<T>($"{word} is not supported yet", instead);
                }
            }

            var near = Nearest.To(text, words.Select(word => word.Word));
            return Scalar.Bad<T>($"{Quoted.Of(text)} is not a known value", near is null ? fix : $"did you mean {near}?");
        });
    }

    private static bool NumbersOnly(string text) => text.Length is > 0 and < 12 && text.All(c => char.IsAsciiDigit(c) || c == '.');

    private static bool TrySplit(string text, out string host, out string port)
    {
        var colon = text.LastIndexOf(':');
        (host, port) = colon > 0 ? (text[..colon], text[(colon + 1)..]) : ("", "");
        return colon > 0 && (host is ['[', .., ']'] || !host.Contains(':'));
    }

    private static bool TryIP(string host, out IPAddress address)
    {
        if (host == "localhost")
        {
            address = IPAddress.Loopback;
            return true;
        }

        // IPAddress.TryParse accepts "1" as 0.0.0.1: only the dotted form of four numbers is meant here.
        address = IPAddress.None;
        return IPAddress.TryParse(host, out var parsed)
            && (parsed.AddressFamily == AddressFamily.InterNetworkV6 || host.Count(c => c == '.') == 3)
            && (address = parsed) is not null;
    }

    // Not IPNetwork.Parse: the error of host bits must name the network that was meant, and a bare address is a network of one.
    private static Scalar<IPNetwork> ReadNetwork(string text)
    {
        const string Fix = "use a network such as 10.0.0.0/8";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryIP(slash < 0 ? text : text[..slash], out var address) || text.StartsWith("localhost", StringComparison.Ordinal))
        {
            return Scalar.Bad<IPNetwork>($"{Quoted.Of(text)} is not a network", Fix);
        }

        var bits = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        var length = bits;
        if (slash >= 0
            && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
        {
            return Scalar.Bad<IPNetwork>($"{Quoted.Of(text)} is not a network", Fix);
        }

        var masked = Masked(address, length);
        return masked.Equals(address)
            ? Scalar.Good(new IPNetwork(masked, length))
            : Scalar.Bad<IPNetwork>(
                $"{Quoted.Of(text)} has bits set beyond its length", string.Create(CultureInfo.InvariantCulture, $"use {masked}/{length}"));
    }

    private static IPAddress Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        return new IPAddress(bytes);
    }
}
