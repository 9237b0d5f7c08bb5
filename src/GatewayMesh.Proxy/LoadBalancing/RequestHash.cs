namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>Hash of a request, if its policy uses one.</summary>
/// <param name="IsSet">True if the request has a hashed source.</param>
/// <param name="Value">Value of the hash.</param>
public readonly record struct RequestHash(bool IsSet, ulong Value)
{
    /// <summary>No hash.</summary>
    public static RequestHash None => default;

    /// <summary>Returns the hash combined with another, in order.</summary>
    public RequestHash With(ulong hash) => new(true, IsSet ? System.Numerics.BitOperations.RotateLeft(Value, 1) ^ hash : hash);
}
