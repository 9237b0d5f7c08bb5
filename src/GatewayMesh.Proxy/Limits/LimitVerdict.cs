namespace GatewayMesh.Proxy.Limits;

/// <summary>Whether a limit has a place for a request.</summary>
internal enum LimitVerdict
{
    /// <summary>It has taken one.</summary>
    Admitted,

    /// <summary>None for anybody.</summary>
    Full,

    /// <summary>Only for what matters more.</summary>
    Shed,
}
