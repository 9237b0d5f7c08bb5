namespace GatewayMesh.Admin.Documents;

/// <summary>An unhealthy application, instance or node.</summary>
public sealed record TroubleStatus : DocumentPart
{
    /// <summary><c>application_down</c>, <c>instance_ejected</c> or <c>node_gone</c>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Name of the service, or <c>gateway:GROUP</c>; empty for a node.</summary>
    public string Service { get; set; } = "";

    /// <summary>Id of the instance; empty for a node.</summary>
    public string Instance { get; set; } = "";

    /// <summary>Name of the node.</summary>
    public string Node { get; set; } = "";

    /// <summary>Address of the instance, or admin address of the node.</summary>
    public string Address { get; set; } = "";

    /// <summary>Reason, in words.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Time since the start of the trouble, in seconds.</summary>
    public double Seconds { get; set; }
}
