namespace GatewayMesh.Configuration.Document;

/// <summary>One node of a declared document, before anybody knows what it means.</summary>
/// <param name="location">Where it begins.</param>
public abstract class ConfigNode(SourceLocation location)
{
    /// <summary>Where it begins.</summary>
    public SourceLocation Location { get; } = location;

    /// <summary>What it is, in words: <c>a mapping</c>, <c>a list</c>, <c>'text'</c>, <c>nothing</c>.</summary>
    public abstract string Noun { get; }
}
