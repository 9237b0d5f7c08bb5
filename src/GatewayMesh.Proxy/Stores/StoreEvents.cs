using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Stores;

/// <summary>Events of shared stores: one when a store is lost, one when it is back.</summary>
internal sealed class StoreEvents(ILogger log)
{
    private static readonly Action<ILogger, string, string, string, Exception?> StoreLost =
        LoggerMessage.Define<string, string, string>(
            LogLevel.Warning, new EventId(20, "store_lost"), "The store {Store} at {Address} is not used: {Reason}.");

    private static readonly Action<ILogger, string, string, Exception?> StoreBack =
        LoggerMessage.Define<string, string>(LogLevel.Information, new EventId(21, "store_back"), "The store {Store} at {Address} is used.");

    /// <summary>Logs that a store is lost.</summary>
    public void Lost(string store, string address, string reason) => StoreLost(log, store, address, reason, null);

    /// <summary>Logs that a store is used.</summary>
    public void Back(string store, string address) => StoreBack(log, store, address, null);
}
