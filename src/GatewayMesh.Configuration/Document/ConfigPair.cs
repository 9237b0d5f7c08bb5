namespace GatewayMesh.Configuration.Document;

/// <summary>A key of a mapping with its value.</summary>
/// <param name="Key">Key as written.</param>
/// <param name="KeyLocation">Location of the key.</param>
/// <param name="Value">Value of the key.</param>
public sealed record ConfigPair(string Key, SourceLocation KeyLocation, ConfigNode Value)
{
    /// <summary>True if the case of the key is ignored, as for a variable, which is upper case by convention. Default: false.</summary>
    public bool AnyCase { get; init; }
}
