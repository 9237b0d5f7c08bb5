namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>What the hash of a request is, where its policy picks by one.</summary>
/// <param name="IsSet">The request has something of what is hashed.</param>
/// <param name="Value">The hash.</param>
public readonly record struct RequestHash(bool IsSet, ulong Value)
{
    /// <summary>Nothing is hashed.</summary>
    public static RequestHash None => default;

    /// <summary>With one more thing hashed, in order.</summary>
    public RequestHash With(ulong hash) => new(true, IsSet ? System.Numerics.BitOperations.RotateLeft(Value, 1) ^ hash : hash);
}
