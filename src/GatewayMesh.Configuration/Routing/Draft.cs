namespace GatewayMesh.Configuration.Routing;

/// <summary>A node while its way is being compiled: it knows the next ones by object, and may still be part of a circle.</summary>
internal abstract class Draft
{
    /// <summary>The nodes that may come next.</summary>
    public abstract IEnumerable<Draft> Next { get; }
}
