namespace GatewayMesh.Configuration.Naming;

/// <summary>Meanings of a name or an address, by port.</summary>
internal sealed class NamedPorts
{
    // Few, so that a search is faster than a dictionary.
    private (int Port, NamedService Service)[] _ports = [];
    private NamedService? _default;

    /// <summary>Adds a port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="service">Its meaning.</param>
    /// <param name="isDefault">True for the port that callers mean who name none.</param>
    public void Add(int port, NamedService service, bool isDefault)
    {
        if (!TryFind(port, out _))
        {
            _ports = [.. _ports, (port, service)];
        }

        _default = isDefault ? service : _default;
    }

    /// <summary>Finds the meaning of a port.</summary>
    /// <param name="port">The named port; null if the caller named none.</param>
    /// <param name="entry">Port of the listener that the caller connected to, which callers may name and which means no port.</param>
    /// <param name="service">The meaning.</param>
    public bool TryFind(int? port, int entry, out NamedService service)
    {
        if (port is { } named && TryFind(named, out service))
        {
            return true;
        }

        service = _default ?? default;
        return _default is not null && (port is null || port == entry);
    }

    private bool TryFind(int port, out NamedService service)
    {
        foreach (var each in _ports)
        {
            if (each.Port == port)
            {
                service = each.Service;
                return true;
            }
        }

        service = default;
        return false;
    }
}
