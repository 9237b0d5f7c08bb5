namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>A kind that the stub serves.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">Version of the group.</param>
/// <param name="Plural">Name in paths.</param>
/// <param name="Kind">Name in objects.</param>
public sealed record ApiKind(string Group, string Version, string Plural, string Kind)
{
    /// <summary>False for a kind of the whole cluster. Default: true.</summary>
    public bool IsNamespaced { get; init; } = true;

    /// <summary>True for a kind of a CRD, which can be uninstalled. Default: false.</summary>
    public bool IsCustom { get; init; }

    /// <summary>True if <c>/status</c> is a subresource. Default: false.</summary>
    public bool HasStatus { get; init; }

    /// <summary>True if <c>metadata.generation</c> counts changes of the specification. Default: false.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>True if a PUT without <c>resourceVersion</c> is refused. Default: false.</summary>
    public bool NeedsVersion { get; init; }

    /// <summary>Fields of an empty object, which bookmarks of built-in kinds carry, as JSON without the braces. Default: none.</summary>
    public string Zero { get; init; } = "";

    /// <summary>Known fields of <c>spec</c>; others are dropped with a warning. Default: empty, all are known.</summary>
    public IReadOnlySet<string> SpecFields { get; init; } = new HashSet<string>();

    /// <summary>Group and version as objects name them.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Plural and group, as some messages name the kind.</summary>
    public string Resource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>Kind and group, as messages of validation name the kind.</summary>
    public string Qualified => Group.Length == 0 ? Kind : $"{Kind}.{Group}";
}
