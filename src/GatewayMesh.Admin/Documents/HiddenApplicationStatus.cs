namespace GatewayMesh.Admin.Documents;

/// <summary>A local service with <c>sidecarBypass</c> whose application no gateway can reach.</summary>
public sealed record HiddenApplicationStatus : DocumentPart
{
    /// <summary>Name of the service.</summary>
    public string Service { get; set; } = "";

    /// <summary>Address of the application.</summary>
    public string Application { get; set; } = "";
}
