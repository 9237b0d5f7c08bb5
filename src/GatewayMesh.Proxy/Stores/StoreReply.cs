using StackExchange.Redis;

namespace GatewayMesh.Proxy.Stores;

/// <summary>Reply of a shared store.</summary>
/// <param name="Result">The result; null if there was none in time.</param>
/// <param name="WasSent">True if the script was sent: without a result it may still run, unless the server refused it.</param>
/// <param name="IsRefused">True if the script failed because of the data that it found. It would fail again.</param>
internal readonly record struct StoreReply(RedisResult? Result, bool WasSent, bool IsRefused = false);
