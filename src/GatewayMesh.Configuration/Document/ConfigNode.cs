namespace GatewayMesh.Configuration.Document;

/// <summary>A node of a parsed document, before its meaning is known.</summary>
/// <param name="location">Start of the node.</param>
public abstract class ConfigNode(SourceLocation location)
{
    /// <summary>Start of the node.</summary>
    public SourceLocation Location { get; } = location;

    /// <summary>Description for messages: <c>a mapping</c>, <c>a list</c>, <c>'text'</c>, <c>nothing</c>.</summary>
    public abstract string Noun { get; }
}
