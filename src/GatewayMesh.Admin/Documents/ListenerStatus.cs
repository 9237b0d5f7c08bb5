namespace GatewayMesh.Admin.Documents;

/// <summary>A listener of a node.</summary>
public sealed record ListenerStatus : DocumentPart
{
    /// <summary>Name, such as <c>outbound/web</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>Address and port.</summary>
    public string Address { get; set; } = "";
}
