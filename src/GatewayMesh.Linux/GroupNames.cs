using System.Globalization;

namespace GatewayMesh.Linux;

/// <summary>Looks up user groups by name.</summary>
public static class GroupNames
{
    /// <summary>Returns the id of a group in <c>/etc/group</c> (group(5)); a number is its own id.</summary>
    /// <exception cref="IOException">The group does not exist, or the file is unreadable.</exception>
    public static int IdOf(string name)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        foreach (var line in File.ReadLines("/etc/group"))
        {
            if (line.Split(':') is [var group, _, var id, ..]
                && group == name
                && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            {
                return number;
            }
        }

        throw new IOException($"the group {name} does not exist in /etc/group");
    }
}
