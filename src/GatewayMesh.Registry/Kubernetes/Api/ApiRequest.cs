namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>One request to the API server.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path and query.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    /// <summary>Plain JSON.</summary>
    public const string Json = "application/json";

    /// <summary><c>Accept</c>. Default: plain JSON.</summary>
    public string Accept { get; init; } = Json;

    /// <summary>Body; null: none.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary><c>Content-Type</c> of the body. Default: plain JSON.</summary>
    public string BodyType { get; init; } = Json;
}
