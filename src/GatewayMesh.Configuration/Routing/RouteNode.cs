namespace GatewayMesh.Configuration.Routing;

/// <summary>
/// A step of the route from a service name to instances, as in Consul's discovery chain:
/// <code>
/// router ──first matching rule──► splitter ──sample by weight──► resolver ──► target (its failover targets while unhealthy)
/// </code>
/// The first two are optional. Compiled: redirects, defaults, and references are resolved, and there are no cycles.
/// </summary>
/// <param name="Name">Name as in Consul, for example <c>web.default</c> for a router and <c>v2.web.default.dc1</c> for a resolver.</param>
public abstract record RouteNode(string Name);
