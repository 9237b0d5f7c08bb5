using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Headers;

namespace GatewayMesh.Configuration.Policies.ExternalAuthorization;

/// <summary>Declared <c>externalAuthorization</c> of a service-policy; a null value is inherited.</summary>
public sealed record ExternalAuthorizationEntry
{
    private static readonly ScalarType<string> HttpUrl = new("use a URL, such as http://127.0.0.1:9000/verify", text =>
        text == "none" ? Scalar.Good("")
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0
            && url.Fragment.Length == 0
            ? Scalar.Good(text)
        : Scalar.Bad<string>($"{Quoted.Of(text)} is not a URL", "use a URL, such as http://127.0.0.1:9000/verify, or none"));

    private static readonly ScalarType<string> QuestionPath = new("use a path such as /verify", text =>
        text.StartsWith('/') && text.Length <= 1024 && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.Contains('#')
            ? Scalar.Good(text)
            : Scalar.Bad<string>($"{Quoted.Of(text)} is not a path", "use a path such as /verify"));

    private static readonly ScalarType<TimeSpan> Patience = ScalarTypes.Duration.Where(
        time => time <= TimeSpan.FromSeconds(30), "is longer than 30s", "use a timeout such as 1s");

    private static readonly ScalarType<TimeSpan> Memory = ScalarTypes.Wait.Where(
        time => time <= TimeSpan.FromMinutes(1), "is longer than 1m", "use a short time such as 5s, or 0s");

    private static readonly ScalarType<long> Body = ScalarTypes.Size.Where(
        size => size <= 1 << 20, "is larger than 1MiB", "use a size such as 64KiB, or 0");

    // The mesh sets these fields itself. Lines of the client must not be added to them.
    private static readonly ScalarType<string> FieldName = HeaderName.Type with
    {
        Read = text => text.Replace('_', '-').StartsWith("x-forwarded-", StringComparison.OrdinalIgnoreCase)
            || text.Equals("x-request-id", StringComparison.OrdinalIgnoreCase)
                ? Scalar.Bad<string>($"{text} is a field that the mesh sets itself", "remove the field")
                : HeaderName.Type.Read(text),
    };

    private static readonly ScalarType<AuthorizationMethod> MethodWord = ScalarTypes.Word<AuthorizationMethod>(
        [("GET", AuthorizationMethod.Get), ("POST", AuthorizationMethod.Post), ("same", AuthorizationMethod.Same)]);

    /// <summary><c>url</c>: address of the authorization service; empty turns an inherited one off.</summary>
    public string? Url { get; init; }

    /// <summary><c>service</c>: authorization service of the mesh.</summary>
    public string? Service { get; init; }

    /// <summary><c>path</c>: path of the question to <see cref="Service"/>.</summary>
    public string? Path { get; init; }

    /// <summary><c>method</c>: method of the question.</summary>
    public AuthorizationMethod? Method { get; init; }

    /// <summary><c>requestHeaders</c>: fields of the request that the question has.</summary>
    public ImmutableArray<string>? RequestHeaders { get; init; }

    /// <summary><c>responseHeaders</c>: fields of an allowing answer that the application receives.</summary>
    public ImmutableArray<string>? ResponseHeaders { get; init; }

    /// <summary><c>maxBodySize</c>: longest body that the question has.</summary>
    public long? MaxBodySize { get; init; }

    /// <summary><c>timeout</c>: time for an answer.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary><c>maxConcurrent</c>: concurrent questions.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary><c>cache</c>: time for which an allowing answer is kept.</summary>
    public TimeSpan? Cache { get; init; }

    /// <summary><c>failOpen</c>: requests pass without an answer.</summary>
    public bool? FailOpen { get; init; }

    internal static ExternalAuthorizationEntry Bind(MappingReader reader, string policy)
    {
        var entry = new ExternalAuthorizationEntry
        {
            Url = reader.Has("url") ? reader.Optional("url", HttpUrl, "") : null,
            Service = reader.Has("service") ? reader.Optional<string?>("service", ScalarTypes.Service!, null) : null,
            Path = reader.Has("path") ? reader.Optional("path", QuestionPath, "/") : null,
            Method = reader.OrNull("method", MethodWord),
            RequestHeaders = reader.Has("requestHeaders") ? reader.List("requestHeaders", FieldName) : null,
            ResponseHeaders = reader.Has("responseHeaders") ? reader.List("responseHeaders", HeaderName.Type) : null,
            MaxBodySize = reader.OrNull("maxBodySize", Body),
            Timeout = reader.OrNull("timeout", Patience),
            MaxConcurrent = reader.OrNull("maxConcurrent", ScalarTypes.Number(1, 10_000)),
            Cache = reader.OrNull("cache", Memory),
            FailOpen = reader.OrNull("failOpen", ScalarTypes.Flag),
        };
        if (reader.Has("url") && reader.Has("service"))
        {
            reader.Fail("service", "conflicts with url", "remove one of them");
        }

        if (reader.Has("path") && reader.Has("url"))
        {
            reader.Fail("path", "conflicts with url, which has a path", "remove path");
        }

        if (entry.Service is { } service && service.Equals(policy, StringComparison.OrdinalIgnoreCase))
        {
            reader.Fail("service", "is the service itself", "use another service");
        }

        return entry;
    }
}
