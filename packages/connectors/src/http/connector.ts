/** HTTP: calls to any web service. */
export default {
  name: 'http',
  title: 'HTTP',
  description: 'Calls web services that have no connector of their own.',
};
