namespace GatewayMesh.Configuration.Routing;

/// <summary>A node during compilation: it refers to the next nodes by object, and may still be part of a cycle.</summary>
internal abstract class Draft
{
    /// <summary>Possible next nodes.</summary>
    public abstract IEnumerable<Draft> Next { get; }
}
