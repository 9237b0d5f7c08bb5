namespace GatewayMesh.Configuration.Routing;

/// <summary>Answers that end a route in place of instances.</summary>
public enum RouteAnswer
{
    /// <summary>No rule of the service's routes matches the request.</summary>
    NoMatchingRule,

    /// <summary>The rule has no backend, or the chosen backend does not exist or may not be called.</summary>
    NoValidBackend,

    /// <summary>The rule has a part that the mesh does not support.</summary>
    RuleRefused,
}
