namespace GatewayMesh.Roles.Troubles;

/// <summary>Something that does not serve as it should, as long as it lasts.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Service">Its service, or <c>gateway:GROUP</c>; empty for a node.</param>
/// <param name="Instance">Id of the instance; empty for a node.</param>
/// <param name="Node">Its node.</param>
/// <param name="Address">Where it is dialed.</param>
/// <param name="Reason">Why, in a few words.</param>
internal sealed record Trouble(TroubleKind Kind, string Service, string Instance, string Node, string Address, string Reason)
{
    /// <summary>The event that its begin is, and its word in <c>/status</c>.</summary>
    public string Word => Kind switch
    {
        TroubleKind.ApplicationDown => "application_down",
        TroubleKind.InstanceEjected => "instance_ejected",
        _ => "node_gone",
    };

    /// <summary>The event that its end is.</summary>
    public string EndWord => Kind switch
    {
        TroubleKind.ApplicationDown => "application_up",
        TroubleKind.InstanceEjected => "instance_back",
        _ => "node_back",
    };

    /// <summary>What makes two of them the same.</summary>
    public (TroubleKind Kind, string Service, string Instance, string Node) Key => (Kind, Service, Instance, Node);

    /// <summary>The sentence that tells of its begin.</summary>
    public string Begin => Kind switch
    {
        TroubleKind.ApplicationDown => $"the application of {Service} at {Address} does not serve: {Reason}",
        TroubleKind.InstanceEjected => $"the instance {Instance} of {Service} at {Address} is ejected: {Reason}",
        _ => $"the node {Node} is gone: {Reason}",
    };

    /// <summary>The sentence that tells of its end.</summary>
    public string End => Kind switch
    {
        TroubleKind.ApplicationDown => $"the application of {Service} at {Address} serves again",
        TroubleKind.InstanceEjected => $"the instance {Instance} of {Service} at {Address} is no longer ejected",
        _ => $"the node {Node} is back, or was taken out of the registry",
    };
}
