namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>An answer with a JSON body.</summary>
/// <param name="Code">HTTP status.</param>
/// <param name="Body">Body.</param>
internal sealed record ApiAnswer(int Code, string Body)
{
    /// <summary>Texts of <c>Warning</c> headers. Default: none.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
