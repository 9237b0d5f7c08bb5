namespace GatewayMesh.Configuration.Document;

/// <summary>A key of a mapping with its value.</summary>
/// <param name="Key">The key as it was written.</param>
/// <param name="KeyLocation">Where the key stands.</param>
/// <param name="Value">The value.</param>
public sealed record ConfigPair(string Key, SourceLocation KeyLocation, ConfigNode Value)
{
    /// <summary>Whether the case of the key means nothing (it comes from a variable, which is upper case by custom). Default: false.</summary>
    public bool AnyCase { get; init; }
}
