namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>
/// A node on the route from a service's name to instances, ready for requests: a compiled <see cref="Configuration.Routing.RouteNode"/>.
/// Created once per snapshot; only the state of the instances changes.
/// </summary>
/// <param name="name">Name of the node in Consul.</param>
internal abstract class LiveNode(string name)
{
    /// <summary>Name of the node in Consul, for example <c>web.default</c>.</summary>
    public string Name { get; } = name;

    /// <summary>True if this node or a later one may be a splitter.</summary>
    public abstract bool Splits { get; }
}
