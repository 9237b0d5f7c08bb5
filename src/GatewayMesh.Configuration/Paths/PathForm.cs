namespace GatewayMesh.Configuration.Paths;

/// <summary>Form of a path.</summary>
public enum PathForm
{
    /// <summary>The normal form.</summary>
    Normal,

    /// <summary>Not in normal form, but a normal form exists.</summary>
    Other,

    /// <summary>Two readers may read the path differently, so that no normal form exists.</summary>
    Ambiguous,
}
