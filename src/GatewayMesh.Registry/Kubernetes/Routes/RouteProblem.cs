namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>A part of a route that cannot be used.</summary>
/// <param name="Reason">Reason, one word of the Gateway API.</param>
/// <param name="Message">Description for people.</param>
internal sealed record RouteProblem(string Reason, string Message)
{
    // Reasons of Accepted.
    public const string NoMatchingParent = "NoMatchingParent";
    public const string UnsupportedValue = "UnsupportedValue";
    public const string IncompatibleFilters = "IncompatibleFilters";
    public const string Conflicted = "Conflicted";

    // Reasons of ResolvedRefs.
    public const string InvalidKind = "InvalidKind";
    public const string BackendNotFound = "BackendNotFound";
    public const string RefNotPermitted = "RefNotPermitted";
    public const string UnsupportedProtocol = "UnsupportedProtocol";

    /// <summary>A value that the mesh does not support.</summary>
    public static RouteProblem Unsupported(string message) => new(UnsupportedValue, message);
}
