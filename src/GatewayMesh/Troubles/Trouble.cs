namespace GatewayMesh.Troubles;

/// <summary>An unhealthy application, instance or node.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Service">Its service, or <c>gateway:GROUP</c>; empty for a node.</param>
/// <param name="Instance">Id of the instance; empty for a node.</param>
/// <param name="Node">Its node.</param>
/// <param name="Address">Its address.</param>
/// <param name="Reason">Reason, in a few words.</param>
internal sealed record Trouble(TroubleKind Kind, string Service, string Instance, string Node, string Address, string Reason)
{
    /// <summary>Name of the event at the start, also used in <c>/status</c>.</summary>
    public string Word => Kind switch
    {
        TroubleKind.ApplicationDown => "application_down",
        TroubleKind.InstanceEjected => "instance_ejected",
        _ => "node_gone",
    };

    /// <summary>Name of the event at the end.</summary>
    public string EndWord => Kind switch
    {
        TroubleKind.ApplicationDown => "application_up",
        TroubleKind.InstanceEjected => "instance_back",
        _ => "node_back",
    };

    /// <summary>Key under which two troubles are the same.</summary>
    public (TroubleKind Kind, string Service, string Instance, string Node) Key => (Kind, Service, Instance, Node);

    /// <summary>Message at the start.</summary>
    public string Begin => Kind switch
    {
        TroubleKind.ApplicationDown => $"the application of {Service} at {Address} is unhealthy: {Reason}",
        TroubleKind.InstanceEjected => $"the instance {Instance} of {Service} at {Address} is ejected: {Reason}",
        _ => $"the node {Node} is gone: {Reason}",
    };

    /// <summary>Message at the end.</summary>
    public string End => Kind switch
    {
        TroubleKind.ApplicationDown => $"the application of {Service} at {Address} is healthy again",
        TroubleKind.InstanceEjected => $"the instance {Instance} of {Service} at {Address} is no longer ejected",
        _ => $"the node {Node} is back, or was removed from the registry",
    };
}
