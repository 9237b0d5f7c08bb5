namespace GatewayMesh.Configuration.Routing;

/// <summary>
/// A step on the way from the name of a service to instances, as Consul's discovery chain has it:
/// <code>
/// router ──first rule that matches──► splitter ──a draw by weight──► resolver ──► target (its failover targets when none of it is well)
/// </code>
/// Any of the first two may be missing. Compiled: redirects, defaults and references are resolved away, and there is no circle.
/// </summary>
/// <param name="Name">Its name as Consul has it, for example <c>web.default</c> of a router and <c>v2.web.default.dc1</c> of a resolver.</param>
public abstract record RouteNode(string Name);
