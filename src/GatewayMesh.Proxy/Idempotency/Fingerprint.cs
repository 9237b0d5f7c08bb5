namespace GatewayMesh.Proxy.Idempotency;

/// <summary>Digest of the method, target, and body of a request with a key.</summary>
/// <param name="Hash">Digest of method, target, and the first <paramref name="Length"/> bytes of the body.</param>
/// <param name="Length">Bytes of the body in the digest.</param>
/// <param name="IsWhole">
/// True if they are the whole body. False if the application responded before it had read the body: then only that part is compared.
/// </param>
internal readonly record struct Fingerprint(Digest Hash, long Length, bool IsWhole);
