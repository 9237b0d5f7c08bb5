namespace GatewayMesh.Drills.Applications;

/// <summary>A response of a sample application.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Json">The body.</param>
internal readonly record struct AppResponse(int Status, string Json)
{
    /// <summary>More header fields, each with its line end. Default: none.</summary>
    public string Fields { get; init; } = "";
}
