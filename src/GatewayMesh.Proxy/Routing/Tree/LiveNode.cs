namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>A step on the way from the name of a service to instances, ready for requests: a compiled <see cref="Configuration.Routing.RouteNode"/>. Made once a snapshot; nothing of it changes but the state of the instances at its end.</summary>
/// <param name="name">Its name as Consul has it.</param>
internal abstract class LiveNode(string name)
{
    /// <summary>Its name as Consul has it, for example <c>web.default</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Whether a draw may decide here or further on.</summary>
    public abstract bool Splits { get; }
}
