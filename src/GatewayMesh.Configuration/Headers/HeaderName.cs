using System.Collections.Frozen;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Headers;

/// <summary>Header fields that configuration may write: all except those that frame messages or belong to the mesh.</summary>
public static class HeaderName
{
    private const int MaxCharacters = 256;
    private const int MaxValueCharacters = 4096;

    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        [
            "host", "connection", "content-length", "transfer-encoding", "keep-alive", "proxy-connection", "te", "trailer", "upgrade",
            "expect", "via", "http2-settings", "max-forwards", "proxy-status", "x-forwarded-client-cert", "client-cert", "client-cert-chain",
            "grpc-timeout", "grpc-status", "grpc-message", "proxy-authorization", "proxy-authenticate",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Name of a field that may be changed. Read in lower case.</summary>
    public static ScalarType<string> Type { get; } = new("use the name of a header field, such as x-debug", Read);

    /// <summary>
    /// Value of a field: printable ASCII, tabs and blanks inside. <c>%%</c> is a percent sign, as in Envoy; Envoy's variables
    /// (<c>%NAME%</c>) are not supported.
    /// </summary>
    public static ScalarType<string> Value { get; } = new("use a text of printable ASCII characters", ReadValue);

    /// <summary>True if <paramref name="name"/> is a token (RFC 9110 §5.6.2).</summary>
    public static bool IsToken(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= MaxCharacters
            && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
    }

    /// <summary>True if <paramref name="text"/> may be the value of a field: printable ASCII, tabs and blanks inside.</summary>
    public static bool IsValue(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= MaxValueCharacters && text.All(c => c is '\t' or (>= ' ' and <= '~')) && text == text.Trim();
    }

    private static Scalar<string> Read(string text) =>
        !IsToken(text) ? Scalar.Bad<string>($"{Quoted.Of(text)} is not the name of a header field", "use a name such as x-debug")
        : Reserved.Contains(text) || Reserved.Contains(text.Replace('_', '-'))
            ? Scalar.Bad<string>($"{text} is a field that HTTP or the mesh itself sets", "use another field")
        : text.Replace('_', '-').StartsWith("gatewaymesh-", StringComparison.OrdinalIgnoreCase)
            ? Scalar.Bad<string>($"{text} is a field of the mesh itself", "use another field")
        : Scalar.Good(text.ToLowerInvariant());

    private static Scalar<string> ReadValue(string text)
    {
        if (text.Length > MaxValueCharacters)
        {
            return Scalar.Bad<string>("has a value of more than 4096 characters", "use a shorter value");
        }

        if (!IsValue(text))
        {
            return Scalar.Bad<string>(
                $"{Quoted.Of(text)} is not the value of a header field", "use printable ASCII without blanks at the ends");
        }

        return text.Replace("%%", "", StringComparison.Ordinal).Contains('%', StringComparison.Ordinal)
            ? Scalar.Bad<string>($"{Quoted.Of(text)} has a variable, which is not supported", "write %% for a percent sign")
            : Scalar.Good(text.Replace("%%", "%", StringComparison.Ordinal));
    }
}
