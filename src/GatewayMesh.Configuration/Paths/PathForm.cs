namespace GatewayMesh.Configuration.Paths;

/// <summary>How a path is written.</summary>
public enum PathForm
{
    /// <summary>In the one normal way.</summary>
    Normal,

    /// <summary>In another way, which has a normal one.</summary>
    Other,

    /// <summary>In a way that two readers may understand differently, so that it has no normal one.</summary>
    Ambiguous,
}
