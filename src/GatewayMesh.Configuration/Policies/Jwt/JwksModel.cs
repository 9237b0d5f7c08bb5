using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Jwt;

/// <summary>Source of an issuer's keys, a JSON web key set (RFC 7517 §5): a file, a URL, or the text itself. Compared by content.</summary>
public sealed record JwksModel
{
    private const int MaxCharacters = 65_536;

    /// <summary>Path of a key set, the same for policies and <c>jwt-provider</c> entries.</summary>
    internal static readonly ScalarType<string> AbsolutePath = new("use an absolute path, such as /etc/gatewaymesh/jwks.json", text =>
        text.StartsWith('/') && !text.Contains('\0', StringComparison.Ordinal)
            ? Scalar.Good(text)
            : Scalar.Bad<string>($"{Quoted.Of(text)} is not an absolute path", "use a path that each node has, such as /etc/jwks.json"));

    private static readonly ScalarType<string> HttpUrl = new("use a URL, such as https://issuer.example/jwks.json", text =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0
            ? Scalar.Good(text)
            : Scalar.Bad<string>($"{Quoted.Of(text)} is not a URL", "use a URL, such as https://issuer.example/jwks.json"));

    private static readonly ScalarType<string> Keys = ScalarTypes.Text.Where(
        text => text.Length <= MaxCharacters, "is longer than 64 KiB", "use a file or a URL");

    private static readonly ScalarType<TimeSpan> Period = ScalarTypes.Duration.Where(
        period => period >= TimeSpan.FromSeconds(1) && period <= TimeSpan.FromDays(1), "is not from 1s to 24h", "use a period such as 5m");

    private static readonly ScalarType<TimeSpan> Patience = ScalarTypes.Duration.Where(
        time => time <= TimeSpan.FromSeconds(30), "is longer than 30s", "use a timeout such as 2s");

    /// <summary>File on each node; read again when it changes. Empty: none.</summary>
    public string File { get => field ?? ""; init; } = "";

    /// <summary>URL that the keys are fetched from. Empty: none.</summary>
    public string Url { get => field ?? ""; init; } = "";

    /// <summary>The key set itself, as JSON. Empty: none.</summary>
    public string Inline { get => field ?? ""; init; } = "";

    /// <summary>Period of fetching the URL again, ± 20 %. Default: 5 min, as in Consul.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Timeout of fetching the URL. Default: 2 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    internal static JwksModel Bind(MappingReader reader)
    {
        var model = new JwksModel
        {
            File = reader.Optional("file", AbsolutePath, ""),
            Url = reader.Optional("url", HttpUrl, ""),
            Inline = reader.Optional("inline", Keys, ""),
            Refresh = reader.Optional("refresh", Period, TimeSpan.FromMinutes(5)),
            Timeout = reader.Optional("timeout", Patience, TimeSpan.FromSeconds(2)),
        };
        if (((ReadOnlySpan<bool>)[reader.Has("file"), reader.Has("url"), reader.Has("inline")]).Count(true) != 1)
        {
            reader.Fail("has not exactly one of file, url, and inline", "keep one of them");
        }

        return model;
    }
}
