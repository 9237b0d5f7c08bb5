namespace GatewayMesh.Bench.Peers;

/// <summary>Hops between the client and the application.</summary>
internal enum Setup
{
    /// <summary>Two hops with mTLS between them, and all policies.</summary>
    Pair,

    /// <summary>One hop without TLS.</summary>
    PlainHop,

    /// <summary>GatewayMesh: the pair without the policies that can be switched off.</summary>
    LeanPair,

    /// <summary>GatewayMesh: the pair with a registry of 10,000 services and 100,000 endpoints.</summary>
    LargePair,
}
